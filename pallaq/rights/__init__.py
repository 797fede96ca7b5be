"""A selector's own page and her rights by Ley 29733.

What is held on her, who has read it; to correct it, take it away, withdraw; consents; retention.
"""
