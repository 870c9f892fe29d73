// Runs the recipes one after the other.

for (const name of ["boltzmann", "attention", "gradient-check", "weight-gradient"]) {
  console.log(`\n--- ${name}.ts`);
  await import(`./${name}.ts`);
}
