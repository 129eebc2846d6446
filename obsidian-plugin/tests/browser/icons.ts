/** Stand in for the icons that the app brings, drawn in a square of 24. */
import { addIcon } from "obsidian-test-mocks/obsidian";

const ICONS: Readonly<Record<string, string>> = {
  "circle-x": '<circle cx="12" cy="12" r="10"/><path d="M9 9l6 6M15 9l-6 6"/>',
  "triangle-alert": '<path d="M12 3L2 21h20z"/><path d="M12 10v5M12 18v.5"/>',
  info: '<circle cx="12" cy="12" r="10"/><path d="M12 11v6M12 7v.5"/>',
  "chevron-down": '<path d="M6 9l6 6 6-6"/>',
  "chevron-right": '<path d="M9 6l6 6-6 6"/>',
};

/** Have `setIcon` know those that this plugin uses. */
export function addIcons(): void {
  for (const [name, shapes] of Object.entries(ICONS)) {
    addIcon(name, `<svg viewBox="0 0 24 24" class="svg-icon">${shapes}</svg>`);
  }
}
