"""The look: base templates, components and form rendering; knows no room."""
