// One line of the mock vendor's log: a request, and what it was answered.

import Flow
import Liquid

/// A request to the mock vendor, in the order of arrival.
package struct DeliveryEntry: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Asks for something to be done, or for a part of it.
        case delivery
        /// Reads only: it counts neither as an attempt of its run nor as a repeat, and has no place in the order.
        case lookUp = "look-up"
        /// Asks for an access token; it belongs to no run.
        case token
    }

    /// From 1, without gaps; goes on after the log is cleared.
    package let sequence: Int
    /// Milliseconds since 1970, when the request's body was there.
    package let time: Int64
    package let kind: Kind
    package let connector: String
    /// An action's; `call:<name>` for a call of a public API that reads only or that several actions make; `oauth:token`.
    /// Empty where the request was refused and didn't say, as are `store` and `runID`.
    package let handle: String
    /// Empty at a public API, whose requests don't name it.
    package let store: String
    package let runID: String
    /// The call of a vendor's public API; nil at the other doors, and where the vendor has no such call.
    package let call: String?
    /// Which attempt of its action run this is here, from 1, of a public API the run's how-manieth request of this call;
    /// 0 for a request that was refused.
    package let attempt: Int
    /// Nil where the vendor has no secret to check with.
    package let isSignatureValid: Bool?
    /// The status, `no-answer`, `close` or `lost`; what a refusal or a slow answer is in the end, too.
    package let answer: String
    /// What is wrong with the request, or with the script for it; nil for nothing.
    package let fault: String?
    /// Whether the run's success reached a client that still listened. A slow 200 becomes one when it is sent.
    package internal(set) var isSuccess: Bool
    /// The request's `properties`, of a public API its body, as compact JSON with sorted keys; a million parsed ones would
    /// take gigabytes.
    let propertiesJSON: [UInt8]

    init(
        _ request: ActionRequest, sequence: Int, time: Int64, kind: Kind = .delivery, call: String? = nil,
        attempt: Int, isSignatureValid: Bool?, answer: String, fault: String? = nil, isSuccess: Bool
    ) {
        self.sequence = sequence
        self.time = time
        self.kind = kind
        connector = request.connector
        handle = request.handle
        store = request.store
        runID = request.runID
        self.call = call
        self.attempt = attempt
        self.isSignatureValid = isSignatureValid
        self.answer = answer
        self.fault = fault
        self.isSuccess = isSuccess
        propertiesJSON = request.propertiesJSON
    }

    /// Parsed anew at each use.
    package var properties: JSON {
        // The bytes were written by JSONWriter, so they parse.
        (try? JSONParser.parse(propertiesJSON)) ?? .null
    }

    /// `slack/send-message`; only the connector where the request didn't say more.
    package var action: String { handle.isEmpty ? connector : "\(connector)/\(handle)" }

    /// What it takes in memory, roughly: the struct, its place in the log and its texts.
    var estimatedBytes: Int {
        224 + connector.utf8.count + handle.utf8.count + store.utf8.count + runID.utf8.count
            + (call?.utf8.count ?? 0) + (fault?.utf8.count ?? 0) + propertiesJSON.count
    }
}
