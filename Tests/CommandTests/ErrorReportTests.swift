import ArgumentParser
import Flow
import Kafka
import Liquid
import MockVendor
import Registry
import Testing

@testable import sluice

/// What people see when a command fails, and the exit code that programs see.
@Suite struct ErrorReportTests {
    @Test func `one block says what, where and what to do`() {
        let report = ErrorReport(
            code: .failed, what: "2 faults", place: "a.yaml", remedy: "correct them", details: ["one", "two"])
        #expect(
            report.text == """
                sluice: 2 faults
                  one
                  two
                  at: a.yaml
                  do: correct them
                """)
    }

    @Test func `as JSON it is one document with stable keys`() throws {
        let report = ErrorReport(code: .wrongUse, what: "no", place: "here", remedy: "that", details: ["a"])
        let value = try JSONParser.parse(report.json)
        #expect(
            value == [
                "error": [
                    "kind": "wrong_use", "what": "no", "where": "here", "do": "that",
                    "details": .array(["a"]),
                ]
            ])
    }

    private struct Unknown: Error {}

    static let codes: [(any Error, EndCode)] = [
        (CommandError.failed("x"), .failed),
        (CommandError.wrongUse("x"), .wrongUse),
        (RegistryError.topicMissing("sluice.registry"), .failed),
        (RegistryError.invalidKeys("x"), .wrongUse),
        (RegistryError.notReady(topic: "t", within: .seconds(1)), .failed),
        (MockVendorError.badSetting("x"), .wrongUse),
        (MockVendorError.cannotListen(host: "h", port: 1, reason: "taken"), .failed),
        (Diagnostics([Diagnostic(file: "a.yaml", mark: nil, message: "bad")]), .failed),
        (Unknown(), .failed),
    ]

    @Test(arguments: codes.indices)
    func `each failure has its exit code and some words`(index: Int) throws {
        let (error, code) = Self.codes[index]
        let report = try #require(ErrorReport(error))
        #expect(report.code == code)
        #expect(!report.what.isEmpty)
    }

    @Test func `the codes are 0, 1 and 2`() {
        #expect([EndCode.done, .failed, .wrongUse].map(\.rawValue) == [0, 1, 2])
    }

    @Test func `an end without words is not reported`() {
        #expect(ErrorReport(CancellationError()) == nil)
        #expect(ErrorReport(Terminal.OutputClosed()) == nil)
    }

    @Test func `a missing topic names the command that makes it`() throws {
        let report = try #require(ErrorReport(RegistryError.topicMissing("sluice.registry")))
        #expect(report.what.contains("sluice.registry"))
        #expect(report.remedy?.contains("sluice topics create") == true)
    }

    @Test func `the system's reason is taken out of a network library's text`() {
        #expect(
            ErrorReport.systemReason("bind(descriptor:ptr:bytes:): Address already in use) (errno: 98)")
                == "Address already in use")
        #expect(ErrorReport.systemReason("something else") == "something else")
    }
}
