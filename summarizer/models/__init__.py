"""Where a writer's model comes from and how it runs: in this process, or on a server.

`packaged` unpacks the embedded model, `hub` fetches one by name, `local` runs either here,
`server` talks to an OpenAI-compatible server. None knows feeds, database, chat or settings.
"""
