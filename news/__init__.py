"""The domain: from sources to briefs.

Collects articles, groups them into stories, answers questions, composes and books briefs.
Knows no Telegram, no torch and no settings; synchronous; time is an argument.
"""
