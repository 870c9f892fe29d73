// What a process takes by itself, without the loader of modules.
