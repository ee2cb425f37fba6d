"""The API: search, understanding and firms over HTTP, with the reasons intact; the pages run in the same app."""
