// A certificate authority that lives as long as a test.

import Foundation
import NIOSSL
import TestSupport

/// Signs server certificates with the system's `openssl`.
struct TestAuthority {
    static let isAvailable = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]
        .contains { FileManager.default.isExecutableFile(atPath: $0) }

    private let directory: TemporaryDirectory

    var certificatePath: String { directory.path(of: "ca.pem") }

    init() async throws {
        directory = try TemporaryDirectory(named: "sluice-ca")
        try await Self.openssl(
            Self.key + [
                "-x509", "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem",
            ], directory)
    }

    /// A server's side of TLS, with a certificate for these names (`DNS:a.example`, `IP:127.0.0.1`).
    func server(for names: String, days: Int = 1) async throws -> NIOSSLContext {
        try await Self.openssl(
            Self.key + [
                "-subj", "/CN=server", "-addext", "subjectAltName=\(names)", "-keyout", "s.key", "-out",
                "s.csr",
            ],
            directory)
        try await Self.openssl(
            [
                "x509", "-req", "-in", "s.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days",
                "\(days)", "-copy_extensions", "copy", "-out", "s.pem",
            ], directory)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(directory.path(of: "s.pem")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: directory.path(of: "s.key"), format: .pem)))
        tls.applicationProtocols = ["h2", "http/1.1"]
        return try NIOSSLContext(configuration: tls)
    }

    private static let key = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private static func openssl(_ arguments: [String], _ directory: TemporaryDirectory) async throws {
        let child = try await ChildProcess.start("openssl", arguments: arguments, directory: directory.path)
        let status = try await child.wait(within: .seconds(30))
        guard status == .code(0) else { throw Failed(lines: child.lines) }
    }

    struct Failed: Error {
        let lines: [String]
    }
}
