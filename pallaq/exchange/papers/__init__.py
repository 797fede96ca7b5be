"""Papers of a plan: what it plans, and how far it came in a period; as blocks, printed as PDF and DOCX alike."""
