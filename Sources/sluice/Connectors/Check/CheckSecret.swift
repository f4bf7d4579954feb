// `--secret-env` and `--secret-file`.

import Foundation

/// The secret that signs a check's requests. It never stands on the command line, where others can read it.
enum CheckSecret {
    private static let sizeLimit = 16_384

    static func read(
        variable: String?, file: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandError) -> [UInt8] {
        let (place, found): (String, [UInt8]?) =
            if let variable {
                ("the variable \(variable)", environment[variable].map { Array($0.utf8) })
            } else {
                (file ?? "", FileManager.default.contents(atPath: file ?? "").map { Array($0) })
            }
        guard var secret = found, !secret.isEmpty else {
            throw .wrongUse(
                "there is no secret", at: place, do: "put the app's secret there, and nothing else")
        }
        guard secret.count <= sizeLimit else {
            throw .wrongUse(
                "the secret is larger than \(sizeLimit) bytes", at: place,
                do: "put the app's secret there, and nothing else")
        }
        // Editors end a file with a line break.
        while let last = secret.last, [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(last) {
            secret.removeLast()
        }
        guard !secret.isEmpty else {
            throw .wrongUse(
                "the secret is empty", at: place, do: "put the app's secret there, and nothing else")
        }
        return secret
    }
}
