/** Objects that come by C-STORE, into the inbox: answered when they are in their study, sealed, on the disk. */
import { DataError } from "@malleolus/data";
import type { ObjectReceiver } from "@malleolus/pacs";
import type { LiveService } from "./live-service.ts";

export function dimseReceiver(service: LiveService): ObjectReceiver {
  return {
    async open({ sender: who }) {
      const incoming = await service.receive();
      return {
        write: incoming.write,
        discard: incoming.discard,
        async commit() {
          try {
            const { study, isNew } = await incoming.commit();
            await service.received(study, isNew, who);
          } catch (error) {
            if (error instanceof DataError) await service.refused(who);
            throw error;
          }
        },
      };
    },
  };
}
