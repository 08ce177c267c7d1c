"""Look without domain: base templates, components, forms, filters. Knows no room."""
