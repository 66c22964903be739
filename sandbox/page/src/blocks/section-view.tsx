// The section block: text, up to ten fields in two columns, one accessory at the side.

import type { SectionBlock } from '@slack/types';
import { useId } from 'react';
import { ElementView, useLooseFrame } from '../elements/element-view.js';
import { numbered } from '../text/numbered.js';
import { TextView } from '../text/text-object.js';

/** A section; its text labels the accessory. */
export function SectionView({ block, blockId }: { block: SectionBlock; blockId: string }) {
  const id = useId();
  const frame = useLooseFrame(blockId, block.text || block.fields ? id : undefined);
  return (
    <div className="section">
      <div className="section-body" id={id}>
        {block.text && (
          <p className="section-text">
            <TextView text={block.text} />
          </p>
        )}
        {block.fields && (
          <div className="section-fields">
            {numbered(block.fields).map(({ key, item: field }) => (
              <div key={key} className="section-field">
                <TextView text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div className="section-accessory">
          <ElementView element={block.accessory} frame={frame} />
        </div>
      )}
    </div>
  );
}
