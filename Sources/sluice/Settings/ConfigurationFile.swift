// The configuration file.

import Configuration
import Flow
import Foundation
import Liquid

/// A JSON file with settings, as `{"prefix": "shop", "kafka": {"properties": {"security.protocol": "SSL"}}}`.
struct ConfigurationFile: Sendable {
    /// Nil without a file.
    let provider: (any ConfigProvider)?
    /// What stands below `kafka.properties`. Names with dots and nested objects mean the same.
    let kafkaProperties: [String: String]

    /// - Throws: wrong use, for a file that can't be read or is no JSON object, an unknown key, and a value that is none of
    ///   its key's: what is mistyped must not count as left out.
    init(path: String?) async throws {
        guard let path else {
            provider = nil
            kafkaProperties = [:]
            return
        }
        let document = try Self.document(at: path)
        kafkaProperties = try Self.properties(of: Self.leaves(document.objectValue ?? [:]), path)
        do {
            // Given the path by a reader, because its own type of path comes from a package that is not ours.
            provider = try await FileProvider<JSONSnapshot>(
                config: ConfigReader(
                    provider: InMemoryProvider(values: [
                        "filePath": ConfigValue(.string(path), isSecret: false)
                    ])))
        } catch {
            throw CommandError.wrongUse("the configuration file can't be used: \(error)", at: path)
        }
    }

    private static func document(at path: String) throws(CommandError) -> JSON {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .wrongUse(
                "the configuration file can't be read", at: path,
                do: "check its name and that this user may read it")
        }
        let document: JSON
        do throws(JSONError) {
            document = try JSONParser.parse(Array(data))
        } catch {
            let place = TextPlace(offset: error.offset, in: Array(data))
            throw .wrongUse("the configuration file is not JSON: \(error.what)", at: "\(path):\(place)")
        }
        guard document.objectValue != nil else {
            throw .wrongUse(
                "the configuration file holds \(document.kindName), not an object", at: path,
                do: "write it as {\"kafka\": {…}, …}")
        }
        return document
    }

    /// Every value by its key; names with dots and nested objects mean the same.
    private static func leaves(_ members: [String: JSON], below prefix: String = "") -> [(
        key: String, value: JSON
    )] {
        members.sorted { $0.key < $1.key }.flatMap { name, value in
            value.objectValue.map { leaves($0, below: "\(prefix)\(name).") } ?? [("\(prefix)\(name)", value)]
        }
    }

    /// - Returns: Kafka's own, which may be any.
    private static func properties(
        of leaves: [(key: String, value: JSON)], _ path: String
    ) throws(CommandError) -> [String: String] {
        var properties: [String: String] = [:]
        for (key, value) in leaves {
            if key.hasPrefix("kafka.properties.") {
                properties[String(key.dropFirst("kafka.properties.".count))] = try property(key, value, path)
            } else if let kind = SettingKeys.all[key] {
                try check(value, kind, key, path)
            } else {
                throw .wrongUse(
                    "there is no setting \(key)", at: path,
                    do:
                        "there are \(SettingKeys.beside(key).joined(separator: ", ")); docs/Configuration.md says what they do"
                )
            }
        }
        return properties
    }

    private static func property(_ key: String, _ value: JSON, _ path: String) throws(CommandError) -> String
    {
        switch value {
        case .string(let text): return text
        case .integer, .decimal, .bool: return value.jsonText
        // Without its value: it may be a password.
        case .array, .null, .object:
            throw .wrongUse("\(key) is \(value.kindName)", at: path, do: "write it as text")
        }
    }

    private static func check(
        _ value: JSON, _ kind: SettingKeys.Kind, _ key: String, _ path: String
    ) throws(CommandError) {
        switch (kind, value) {
        case (.text, .string), (.secret, .string): return
        case (.text, _): throw .wrongUse("\(key) is \(value.jsonText); allowed: text, in quotes", at: path)
        case (.secret, _): throw .wrongUse("\(key) is \(value.kindName); allowed: text, in quotes", at: path)
        case (.number(let range), .integer(let number)) where Int(exactly: number).map(range.contains) == true:
            return
        case (.number(let range), _):
            throw .wrongUse(
                "\(key) is \(value.jsonText); allowed: a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: path)
        }
    }
}
