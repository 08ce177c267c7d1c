// The program of pages that lock or open: each page names what it does in data-sealing.

import { start } from "./opening_key.ts";

for (const root of document.querySelectorAll<HTMLElement>("[data-sealing]")) start(root);
