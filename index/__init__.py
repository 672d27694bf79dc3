"""Units and sentences to vectors and terms: build, open, fingerprint."""
