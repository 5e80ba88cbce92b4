"""The server: a graph's network, pages and answers for browsers and programs.

Needs the extra `serve` (Starlette, uvicorn, Jinja). `app.app(graph)` is the server as one ASGI
application; `commands/serve.py` runs it.
"""
