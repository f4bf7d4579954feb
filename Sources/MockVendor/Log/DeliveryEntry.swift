// One line of the mock vendor's log: a request, and what it was answered.

import Flow
import Liquid

/// A request to the mock vendor, in the order of arrival.
package struct DeliveryEntry: Hashable, Sendable {
    /// From 1, without gaps; goes on after the log is cleared.
    package let sequence: Int
    /// Milliseconds since 1970, when the request's body was there.
    package let time: Int64
    package let connector: String
    /// Empty where the request was refused and didn't say, as are `store` and `runID`.
    package let handle: String
    package let store: String
    package let runID: String
    /// Which attempt of its action run this is here, from 1; 0 for a request that was refused unread.
    package let attempt: Int
    /// Nil where the vendor has no secret to check with.
    package let isSignatureValid: Bool?
    /// The status, `no-answer` or `close`; what a refusal or a slow answer is in the end, too.
    package let answer: String
    /// Whether the run's success reached a client that still listened. A slow 200 becomes one when it is sent.
    package internal(set) var isSuccess: Bool
    /// The request's `properties` as compact JSON with sorted keys; a million parsed ones would take gigabytes.
    let propertiesJSON: [UInt8]

    init(
        _ request: ActionRequest, sequence: Int, time: Int64, attempt: Int, isSignatureValid: Bool?,
        answer: String,
        isSuccess: Bool
    ) {
        self.sequence = sequence
        self.time = time
        connector = request.connector
        handle = request.handle
        store = request.store
        runID = request.runID
        self.attempt = attempt
        self.isSignatureValid = isSignatureValid
        self.answer = answer
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
        192 + connector.utf8.count + handle.utf8.count + store.utf8.count + runID.utf8.count
            + propertiesJSON.count
    }
}
