/** Where the reader looks: the point in the middle, and how many pixels one unit takes. */
import { eased } from "./motion";

export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

/** What is seen: from where, and on how large a screen. */
export interface View {
  camera: Camera;
  size: Size;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const CLOSEST = 6;
export const FARTHEST = 0.01;

export function toScreen(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [(x - camera.x) * camera.scale + size.width / 2, (y - camera.y) * camera.scale + size.height / 2];
}

export function toWorld(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [(x - size.width / 2) / camera.scale + camera.x, (y - size.height / 2) / camera.scale + camera.y];
}

/** Returns the camera after zooming by a factor with one point of the screen staying where it is. */
export function zoomed(
  camera: Camera,
  size: Size,
  factor: number,
  x = size.width / 2,
  y = size.height / 2,
): Camera {
  const scale = Math.min(CLOSEST, Math.max(FARTHEST, camera.scale * factor));
  const [worldX, worldY] = toWorld(camera, size, x, y);
  return { x: worldX - (x - size.width / 2) / scale, y: worldY - (y - size.height / 2) / scale, scale };
}

/** Returns the camera that shows the whole box, with room around it for names and, above, for the switch. */
export function fitting(box: Box, size: Size): Camera {
  const side = Math.min(110, size.width * 0.12);
  const [top, bottom] = [Math.min(72, size.height * 0.14), Math.min(44, size.height * 0.1)];
  const width = Math.max(box.right - box.left, 1);
  const height = Math.max(box.bottom - box.top, 1);
  const fits = Math.min((size.width - 2 * side) / width, (size.height - top - bottom) / height, 3);
  const scale = Math.max(fits, FARTHEST);
  return {
    x: (box.left + box.right) / 2,
    y: (box.top + box.bottom) / 2 - (top - bottom) / 2 / scale,
    scale,
  };
}

/** How large marks are drawn: they shrink and grow with the camera, but less than distances do. */
export function markScale(camera: Camera): number {
  return Math.min(2.2, Math.max(0.05, camera.scale ** 0.6));
}

export function between(a: Camera, b: Camera, share: number): Camera {
  const gone = eased(share);
  return {
    x: a.x + (b.x - a.x) * gone,
    y: a.y + (b.y - a.y) * gone,
    scale: a.scale * (b.scale / a.scale) ** gone,
  };
}
