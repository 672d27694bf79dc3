"""The program around retrieval: conversation, answer, citation check, page; settings and command line."""
