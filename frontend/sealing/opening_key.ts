export async function start(root: HTMLElement): Promise<void> {
  root.hidden = false;
}
