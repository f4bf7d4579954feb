// Where a manifest takes a secret from.

import Flow
import Foundation

/// `{ env: NAME }`, `{ file: PATH }`, or the secret itself.
enum SecretSource: Hashable, Sendable {
    case environment(String)
    /// Relative to the manifest's file.
    case file(String)
    case plain(String)

    /// Bytes of a secret, at most.
    static let sizeLimit = 4096

    /// Nil where there is no such member, or something was reported.
    init?(_ name: String, of reader: DocumentReader) {
        guard let node = reader.optional(name) else { return nil }
        guard case .map = node.content else {
            guard let text = reader.optionalString(name) else { return nil }
            self = .plain(text)
            return
        }
        guard let source = reader.reader(name) else { return nil }
        let (variable, path) = (source.optionalString("env"), source.optionalString("file"))
        source.finish()
        switch (variable, path) {
        case (let variable?, nil): self = .environment(variable)
        case (nil, let path?): self = .file(path)
        default:
            source.report("\(source.path): either env or file should stand here, as in { env: SLACK_SECRET }")
            return nil
        }
    }

    /// The secret without the line end that editors put behind it, or what is wrong. Never quotes the secret.
    func resolve(in folder: String, _ options: ManifestOptions) -> Result<String, SecretFault> {
        switch self {
        case .plain(let text): Self.checked(text, "the secret")
        case .environment(let name):
            if ManifestVariables.isReserved(name) {
                .failure(SecretFault(message: ManifestVariables.refusal(of: name)))
            } else if let text = options.environment[name] {
                Self.checked(text, "the variable \(name)")
            } else {
                .failure(SecretFault(message: "the variable \(name) is not set"))
            }
        case .file(let path): options.readsSecretFiles ? Self.read(path, in: folder) : .failure(.filesRefused)
        }
    }

    private static func read(_ path: String, in folder: String) -> Result<String, SecretFault> {
        let place = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        guard let handle = FileHandle(forReadingAtPath: place) else {
            return .failure(SecretFault(message: "the file \(path) can't be read"))
        }
        // A folder opens like a file and fails here.
        guard let bytes = try? handle.read(upToCount: sizeLimit + 2),
            let text = String(bytes: bytes, encoding: .utf8)
        else {
            return .failure(SecretFault(message: "the file \(path) is empty, no file, or not UTF-8 text"))
        }
        return checked(text, "the file \(path)")
    }

    private static func checked(_ text: String, _ place: String) -> Result<String, SecretFault> {
        let line =
            text.hasSuffix("\r\n") ? text.dropLast(1) : text.hasSuffix("\n") ? text.dropLast() : text[...]
        if line.isEmpty { return .failure(SecretFault(message: "\(place) is empty")) }
        if line.utf8.count > sizeLimit {
            return .failure(SecretFault(message: "\(place) is larger than \(sizeLimit) bytes"))
        }
        return .success(String(line))
    }
}

/// Why a secret can't be had.
struct SecretFault: Error, Hashable, Sendable {
    let message: String

    static let filesRefused = SecretFault(
        message: "secrets can't be read from files here; use a variable or plain text")
}
