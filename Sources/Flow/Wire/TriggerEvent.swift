import Liquid

/// One occurrence of a trigger.
package struct TriggerEvent: Hashable, Sendable {
    package var identity: EventIdentity
    package var payload: JSON
    /// RFC 3339, as the app gave it.
    package var time: String?
    package var traceParent: String?
    /// When its record was appended, or produced where brokers don't stamp; ms since 1970.
    package var published: Int64?

    package init(identity: EventIdentity, payload: JSON, time: String? = nil, traceParent: String? = nil) {
        self.identity = identity
        self.payload = payload
        self.time = time
        self.traceParent = traceParent
    }
}

/// Why a trigger record can't be used. Such a record goes to the dead topic and blocks nobody.
package struct UnusableRecord: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    /// The store where it could be read.
    package let store: String?

    package init(_ reason: String, store: String? = nil) {
        self.reason = reason
        self.store = store
    }

    package var description: String { reason }
}
