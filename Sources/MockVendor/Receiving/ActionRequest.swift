// What the mock vendor reads of a request's body. It is lenient where Flow's apps are: unknown members are ignored.

import Flow
import Liquid

/// An action run as it was asked for, or as much of it as could be read.
struct ActionRequest: Sendable {
    /// Bytes of each text that is kept, so that what is remembered of a request is bounded.
    static let textLimit = 255

    let connector: String
    let handle: String
    /// `shopify_domain`
    let store: String
    let runID: String
    let propertiesJSON: [UInt8]
    /// Why this is no action run; nil where it is one.
    let problem: String?

    init(connector: String, handle: String, store: String, runID: String, propertiesJSON: [UInt8]) {
        self.connector = connector
        self.handle = handle
        self.store = store
        self.runID = runID
        self.propertiesJSON = propertiesJSON
        problem = nil
    }

    /// Reads all it can, so that a refused request is recognised in the log, too.
    init(connector: String, body: [UInt8]) {
        var problem: String?
        var json = JSON.null
        do throws(JSONError) {
            json = try JSONParser.parse(body)
        } catch {
            problem = error.description
        }
        func text(_ name: String, isNeeded: Bool) -> String {
            let value = json[name]?.stringValue ?? ""
            if value.isEmpty, isNeeded { problem = problem ?? "\(name) is missing or is no text" }
            if value.utf8.count > Self.textLimit {
                problem = problem ?? "\(name) is longer than \(Self.textLimit) bytes"
            }
            return Self.cut(value)
        }
        if json.objectValue == nil { problem = problem ?? "the body is \(json.kindName), not an object" }
        self.connector = Self.cut(connector)
        runID = text("action_run_id", isNeeded: true)
        handle = text("handle", isNeeded: true)
        store = text("shopify_domain", isNeeded: false)
        propertiesJSON = (json["properties"] ?? .null).jsonBytes
        self.problem = problem
    }

    /// As much of a text as is kept. A single character may have any number of bytes.
    static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        var (kept, bytes) = (String.UnicodeScalarView(), 0)
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= textLimit else { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    var action: String { handle.isEmpty ? connector : "\(connector)/\(handle)" }
}
