// What happens in a frame, said as other products say it, so that listeners written for them hear it: for each
// dialect a function that gives the messages for one of our events. Nothing is in them that is somebody's.

// contracts/calcom.md 6.2
export function cal(type, detail, namespace) {
  const { uid, title, start: startTime, end: endTime, eventType: eventSlug = null, recurring: isRecurring, message: msg, height } = detail;
  const status = detail.status === "confirmed" ? "ACCEPTED" : detail.status?.toUpperCase();
  const booking = { uid, title, startTime, endTime, eventTypeId: null, status, paymentRequired: false, isRecurring };
  const said = {
    ready: [["linkReady", {}]],
    viewed: [["bookerViewed", { eventId: null, eventSlug, slotsLoaded: true }], ["bookerReady", { eventId: null, eventSlug }]],
    booked: [["bookingSuccessfulV2", booking]],
    rescheduled: [["rescheduleBookingSuccessfulV2", booking]],
    cancelled: [["bookingCancelled", { booking, organizer: null, eventType: { slug: eventSlug } }]],
    failed: [["linkFailed", { code: answer(), msg, data: { url: location.origin + location.pathname } }]],
    height: [["__dimensionChanged", { iframeHeight: height, iframeWidth: innerWidth }]],
  };
  return (said[type] || []).map(([type, data]) => ({ originator: "CAL", type, namespace, fullType: `CAL:${namespace}:${type}`, data }));
}

const answer = () => String(performance.getEntriesByType("navigation")[0]?.responseStatus || "");

// peers.md 1.1; to Calendly a moved booking is a new one
export function calendly(type, { uid, height }) {
  const uri = new URL(`../../../bookings/${uid}`, import.meta.url).href;
  const scheduled = ["event_scheduled", { event: { uri }, invitee: { uri } }];
  const said = {
    viewed: ["event_type_viewed", {}],
    "slot-selected": ["date_and_time_selected", {}],
    booked: scheduled,
    rescheduled: scheduled,
    height: ["page_height", { height: `${height}px` }],
  }[type];
  return said ? [{ event: `calendly.${said[0]}`, payload: said[1] }] : [];
}
