/** Compares pictures of pages, pixel by pixel, in a page of the same browser. */

/** Two pixels are equal if no channel differs by more. */
const CHANNEL_TOLERANCE = 32;
/** So many differing pixels, about those of a comma, are no difference. */
const MAX_DIFFERING = 12;

/**
 * Return the numbers of differing pixels, `{ name: count }`, of each named region (`{ name, x, y, width, height }`) that has any, and
 * under `elsewhere` those outside of all regions; nothing if there are only a few. A pixel does not differ if the other picture has its color at the same place or at a
 * neighboring one, so that edges may be smoothed in another way. Pictures of two sizes differ in `{ size: "800x600, not 800x580" }`.
 * `expected` and `actual` are PNGs as buffers; `page` is a blank page.
 */
export async function differences(page, expected, actual, regions) {
  const images = [expected, actual].map((png) => `data:image/png;base64,${png.toString("base64")}`);
  const found = await page.evaluate(
    async ({ images, regions, tolerance }) => {
      const pixelsOf = async (url) => {
        const bitmap = await createImageBitmap(await (await fetch(url)).blob());
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext("2d");
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, canvas.width, canvas.height);
      };
      const [left, right] = await Promise.all(images.map(pixelsOf));
      const { width, height } = left;
      if (width !== right.width || height !== right.height) {
        return { size: `${right.width}x${right.height}, not ${width}x${height}` };
      }

      const isEqual = (one, first, other, second) => {
        for (let channel = 0; channel < 3; channel += 1) {
          if (Math.abs(one.data[first + channel] - other.data[second + channel]) > tolerance) return false;
        }
        return true;
      };
      const isNear = (one, other, x, y) => {
        for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
          for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
            if (isEqual(one, 4 * (y * width + x), other, 4 * (row * width + column))) return true;
          }
        }
        return false;
      };

      const counts = {};
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const offset = 4 * (y * width + x);
          if (isEqual(left, offset, right, offset) || (isNear(left, right, x, y) && isNear(right, left, x, y))) continue;
          const around = regions.find((region) => x >= region.x && x < region.x + region.width && y >= region.y && y < region.y + region.height);
          const name = around?.name ?? "elsewhere";
          counts[name] = (counts[name] ?? 0) + 1;
        }
      }
      return counts;
    },
    { images, regions, tolerance: CHANNEL_TOLERANCE },
  );
  const total = Object.values(found).reduce((sum, count) => sum + count, 0);
  return total <= MAX_DIFFERING ? {} : found;
}
