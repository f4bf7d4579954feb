import Foundation
import Testing

@testable import TestSupport

@Suite struct SluiceBinaryTests {
    @Test func `the program is found beside the tests`() throws {
        let path = try SluiceBinary.path
        #expect(FileManager.default.isExecutableFile(atPath: path))
        #expect(URL(fileURLWithPath: path).lastPathComponent == "sluice")
    }
}
