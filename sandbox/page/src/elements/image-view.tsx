// Images of blocks, from an address or from an uploaded Slack file.
import type { ImageElement } from '@slack/types';
import { useDirectory } from '../store/page-context.js';
import { safeUrl } from '../text/entities.js';

/** An image; one that cannot be loaded shows its alternative text. */
export function ImageView({ image, className }: { image: ImageElement; className: string }) {
  const { as } = useDirectory();
  const source = 'image_url' in image ? safeUrl(image.image_url) : slackFileUrl(image.slack_file, as);
  return (
    <img className={className} src={source} alt={image.alt_text} title={image.alt_text} loading="lazy" />
  );
}

function slackFileUrl(file: { id: string } | { url: string }, as: string): string {
  const path =
    'id' in file ? `/files-pri/${file.id}/image` : new URL(file.url, window.location.href).pathname;
  return `${path}?as=${encodeURIComponent(as)}`;
}
