// esbuild puts the contents of a text file into the bundle.
declare module "*.txt" {
  const text: string;
  export default text;
}
