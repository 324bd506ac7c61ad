"""What can go wrong: a module each, found by being there. The simulator plays them (`make demo`).

The docstring is the story; `lasts` how long it is played; `shows` the signals that it moves; `alerts` those that it is
made for, while it is busy day. `play(world, age)` turns knobs at each step, `age` seconds after it began.
"""
