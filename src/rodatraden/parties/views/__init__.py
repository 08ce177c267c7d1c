"""Pages of organisations and people, and of the keys that officials hold. Signing in itself is django-allauth's."""
