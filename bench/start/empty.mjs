// What a process with a module in it takes by itself.
