"""The JSON face: one folder per feature, each with its routes and its marshmallow schemas."""
