"""From candidate statements to ranked firms."""
