"""The page: Gradio, its HTML, and the server."""
