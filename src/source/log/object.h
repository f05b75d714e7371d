/* Objects (JSON) as records. (object.c) */
#ifndef PTN_SOURCE_LOG_OBJECT_H
#define PTN_SOURCE_LOG_OBJECT_H

#include "record.h"

/*
 * Reads the object that the message is, or each object of the array that it is or has as its "records": the names of
 * the format are paths. An array with a name that is PTN_SLOT_NOTHING is kept as its whole text; of any other the first
 * element counts. What the taker makes of the records is added. Result: PTN_LINE_PACKET if one of them was about a
 * packet, otherwise what the last one was; PTN_LINE_OTHER_FORMAT if the message is no JSON at all.
 */
enum ptn_line ptn_object_take(const struct ptn_format *, const struct ptn_message *, ptn_record_taker,
                              struct ptn_knocks *ret);

#endif
