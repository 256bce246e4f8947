using System.Runtime.InteropServices;

namespace Soc.Cli.Devices;

/// <summary>
/// Switches the user's terminal to raw mode, so that every key reaches the guest, and back. Where standard input is no terminal, or the host has no
/// termios, nothing happens.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private const int StandardInput = 0;
    private const int Now = 0;

    // More than any host's struct termios has.
    private const int LargestState = 256;

    private readonly byte[]? _before;

    private RawTerminal(byte[]? before) => _before = before;

    /// <summary>Whether the terminal is raw.</summary>
    public bool IsRaw => _before is not null;

    /// <summary>Enters raw mode; disposing leaves it.</summary>
    public static RawTerminal Enter()
    {
        if (Console.IsInputRedirected || OperatingSystem.IsWindows())
        {
            return new RawTerminal(null);
        }

        byte[] before = new byte[LargestState];
        if (ReadState(StandardInput, before) != 0)
        {
            return new RawTerminal(null);
        }

        byte[] raw = [.. before];
        MakeRaw(raw);
        return new RawTerminal(WriteState(StandardInput, Now, raw) == 0 ? before : null);
    }

    public void Dispose()
    {
        if (_before is not null)
        {
            _ = WriteState(StandardInput, Now, _before);
        }
    }

    [DllImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadState(int descriptor, [In, Out] byte[] state);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WriteState(int descriptor, int when, byte[] state);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void MakeRaw([In, Out] byte[] state);
}
