"""The Flask-free ground floor: what every feature of the domain stands on."""
