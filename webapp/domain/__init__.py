"""What Rangoli does, free of Flask, marshmallow and WTForms: one folder per feature."""
