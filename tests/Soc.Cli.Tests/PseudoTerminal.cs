using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Soc.Cli.Tests;

/// <summary>The built command at a terminal of its own, 80 columns wide, and somebody who types.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    private const int ReadWriteWithoutControl = 0x102; // O_RDWR | O_NOCTTY
    private const int LongestName = 128;

    private readonly SafeFileHandle _master;
    private readonly FileStream _stream;
    private readonly Process _process;
    private readonly StringBuilder _shown = new();
    private bool _ended;

    /// <summary>Starts the command; the terminal's settings are shown when it has ended.</summary>
    public PseudoTerminal(params string[] arguments)
    {
        _master = new SafeFileHandle(OpenMaster(ReadWriteWithoutControl), ownsHandle: true);
        byte[] name = new byte[LongestName];
        int master = (int)_master.DangerousGetHandle();
        Assert.Equal((0, 0, 0), (Grant(master), Unlock(master), SlaveName(master, name, LongestName)));
        string slave = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
        var start = new ProcessStartInfo("/bin/sh");
        string script = $"exec <{slave} >{slave} 2>&1; stty cols 80 rows 24; \"$@\"; code=$?; stty -a; echo \"ended with $code\"; exit $code";
        foreach (string argument in (string[])["-c", script, "sh", "dotnet", Path.Combine(AppContext.BaseDirectory, "soc.dll"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _stream = new FileStream(_master, FileAccess.ReadWrite, bufferSize: 0);
        new Thread(Pump) { IsBackground = true, Name = "terminal output" }.Start();
    }

    /// <summary>What was shown so far.</summary>
    public string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <summary>Types.</summary>
    public void Type(string keys) => _stream.Write(Encoding.Latin1.GetBytes(keys));

    /// <summary>Waits until a text is shown after a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin to look.</param>
    /// <param name="seconds">How long to wait.</param>
    /// <returns>The place behind it; -1 when it did not come.</returns>
    public int TryWaitFor(string text, int from, double seconds)
    {
        long limit = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        lock (_shown)
        {
            while (true)
            {
                int at = _shown.ToString(from, _shown.Length - from).IndexOf(text, StringComparison.Ordinal);
                if (at >= 0)
                {
                    return from + at + text.Length;
                }

                long left = (limit - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
                if (_ended || left <= 0)
                {
                    return -1;
                }

                Monitor.Wait(_shown, (int)Math.Min(left, 1000));
            }
        }
    }

    /// <summary>Waits until a text is shown after a place, and fails when it does not come.</summary>
    public int WaitFor(string text, int from, double seconds)
    {
        int place = TryWaitFor(text, from, seconds);
        string shown = Shown;
        Assert.True(place >= 0, string.Create(CultureInfo.InvariantCulture, $"'{text}' did not come in {seconds} s; shown: {shown[Math.Max(0, shown.Length - 2000)..]}"));
        return place;
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public int WaitForExit(double seconds)
    {
        WaitFor("ended with", 0, seconds);
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(seconds)));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _stream.Dispose();
        _master.Dispose();
    }

    [DllImport("libc", EntryPoint = "posix_openpt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint OpenMaster(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Grant(int master);

    [DllImport("libc", EntryPoint = "unlockpt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unlock(int master);

    [DllImport("libc", EntryPoint = "ptsname_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SlaveName(int master, [Out] byte[] name, nint length);

    private void Pump()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                int count = _stream.Read(buffer);
                lock (_shown)
                {
                    _shown.Append(Encoding.Latin1.GetString(buffer, 0, count));
                    Monitor.PulseAll(_shown);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or UnauthorizedAccessException)
        {
            // The last process has closed its side, or nobody listens any more.
        }

        lock (_shown)
        {
            _ended = true;
            Monitor.PulseAll(_shown);
        }
    }
}
