"""Text in, checked text out.

Ranks the sentences of documents, writes from the best ones, and shows nothing that
its sources do not support. Knows no feeds, no database, no chat and no settings.
"""
