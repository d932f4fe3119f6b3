"""Other ways in: documents, mail, archives, watched folders, sitemaps, channels, GDELT.

Each gives drafts, texts, files or links to read, and problems in one line (news.ways.found).
None of them stores anything.
"""
