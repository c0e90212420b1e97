"""Statistics that tell attacked samples from clean ones, one a file; larger always = more likely attacked."""
