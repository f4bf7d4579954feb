internal import Flow
internal import Liquid

/// An event of Google Analytics 4, made from an action's inputs and held to the rules that Google drops events by
/// without a word.
enum AnalyticsEvent {
    /// Characters of an event's name, and of a parameter's text, at most.
    private static let nameLimit = 40
    private static let textLimit = 100
    /// An event may be this much older than its arrival.
    private static let ageLimit: Int64 = 72 * 3_600_000

    /// Names that the Measurement Protocol keeps for Google's own events, and for those of apps. Those of web pages,
    /// such as `page_view`, are not among them.
    private static let reserved: Set = [
        "ad_activeview", "ad_click", "ad_exposure", "ad_query", "ad_reward", "adunit_exposure",
        "app_clear_data", "app_exception", "app_install", "app_remove", "app_store_refund", "app_update",
        "app_upgrade", "dynamic_link_app_open", "dynamic_link_app_update", "dynamic_link_first_open", "error",
        "firebase_campaign", "firebase_in_app_message_action", "firebase_in_app_message_dismiss",
        "firebase_in_app_message_impression", "first_open", "first_visit", "notification_dismiss",
        "notification_foreground", "notification_open", "notification_receive", "notification_send",
        "os_update", "session_start", "user_engagement",
        // For app streams only; ours is a web stream.
        "ad_impression", "in_app_purchase", "screen_view",
    ]

    /// The request's body.
    ///
    /// Without a client id of Google's the customer, or the order, stands for one, as two numbers with a period between:
    /// the event is counted, but not attributed to a visit.
    static func body(of call: VendorCall) throws(EarlyEnd) -> JSON {
        let isOrder = call.action == "order-event"
        let id = try call.storeID(isOrder ? "order_id" : "customer_id")
        let client = try harmless(call, "clientId") ?? (isOrder ? "2.\(id)" : "1.\(id)")
        let parameters = JSON.compact([
            "event_category": try harmless(call, "category").map { .string($0) },
            "event_label": try harmless(call, "label").map { .string($0) },
            "value": try call.number("value"),
            "transaction_id": isOrder ? .string(id) : nil,
        ])
        return .compact([
            "client_id": .string(client),
            "user_id": isOrder ? nil : .string(id),
            "timestamp_micros": time(call).map { .integer($0) },
            "events": [["name": .string(try name(call)), "params": parameters]],
        ])
    }

    private static func name(_ call: VendorCall) throws(EarlyEnd) -> String {
        let name = try call.needed("eventName")
        let isWord =
            name.first?.isLetter == true && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        guard isWord, name.count <= nameLimit else {
            throw .rejected(
                "not sent: Google Analytics drops the event “\(name.prefix(60))”: a name is up to \(nameLimit)"
                    + " letters, digits and _, and begins with a letter")
        }
        guard !reserved.contains(name) else {
            throw .rejected(
                "not sent: Google Analytics keeps the name “\(name)” for events of its own or of apps")
        }
        return name
    }

    /// A text of the event, cut to what Google keeps. Google forbids what tells who somebody is.
    private static func harmless(_ call: VendorCall, _ key: String) throws(EarlyEnd) -> String? {
        guard let text = call.text(key) else { return nil }
        if let kind = PersonalText.kind(of: text) {
            throw .rejected("not sent: the input \(key) holds \(kind), which Google Analytics forbids")
        }
        return String(text.prefix(textLimit))
    }

    /// When the event happened, in microseconds since 1970; nil where Google wouldn't take it, so that it counts as
    /// happening when it arrives.
    private static func time(_ call: VendorCall) -> Int64? {
        guard let time = call.run.eventTime, time <= call.time, call.time - time < ageLimit else {
            return nil
        }
        return time * 1000
    }
}
