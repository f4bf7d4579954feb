// `--data` of events, `--properties` of a check.

import Flow
import Foundation
import Liquid

/// A payload from a file, or from standard input (`-`).
enum PayloadFile {
    /// Bytes that are read at most: beyond any payload, short of harm.
    private static let sizeLimit = 10_000_000

    /// What it is for, in the words of its errors.
    enum Use: String {
        case trigger, action

        fileprivate var subject: String { self == .trigger ? "the payload is" : "the inputs are" }

        fileprivate var remedy: String {
            self == .trigger
                ? "a payload is a JSON object of the trigger's fields"
                : "give a JSON object of the action's inputs, such as {\"gift\": \"tea\"}"
        }
    }

    static func read(_ path: String, for use: Use = .trigger) throws(CommandError) -> JSON {
        let name = path == "-" ? "standard input" : path
        guard let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: sizeLimit + 1)  // empty input, or a folder
        else {
            throw .wrongUse(
                "there \(use == .trigger ? "is no payload" : "are no inputs") to read", at: name,
                do: "name a readable file; \(use.remedy)")
        }
        guard data.count <= sizeLimit else {
            throw .wrongUse(
                "\(use.subject) larger than \(sizeLimit) bytes, the most that is read", at: name,
                do: "make it smaller; Sluice takes payloads of up to \(TriggerEvent.payloadLimit) bytes")
        }
        return try parse(Array(data), name: name, for: use)
    }

    static func parse(_ bytes: [UInt8], name: String, for use: Use = .trigger) throws(CommandError) -> JSON {
        let payload: JSON
        do throws(JSONError) {
            payload = try JSONParser.parse(bytes)
        } catch {
            throw .wrongUse(
                "\(use.subject) not JSON: \(error.what)",
                at: "\(name):\(TextPlace(offset: error.offset, in: bytes))", do: use.remedy)
        }
        guard payload.objectValue != nil else {
            throw .wrongUse(
                "\(use.subject) \(payload.kindName)", at: name, do: use.remedy)
        }
        return payload
    }
}
