/**
 * Imported before everything else: zod would try whether it may compile code as soon as a schema is
 * made, which the content policy forbids and reports.
 */
import { z } from "zod";

z.config({ jitless: true });
