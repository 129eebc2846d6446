"""The built-in rules: a module and a page each. The engine finds them by the entry point, as any pack's."""
