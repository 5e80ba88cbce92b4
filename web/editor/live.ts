/** Tells a page of changes of the tables: reload when there is a new graph, say what is wrong with a broken edit. */
import { follow } from "./changes";

follow();
