"""Look-alikes: embedding, index, expansion, evidence; the same for people inside accounts."""
