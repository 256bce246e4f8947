using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Soc.Actors;
using Soc.Actors.Input;

namespace Soc.Cli.Devices;

/// <summary>
/// Connects standard input with the guest's console for the time of a run: keys of a terminal one by one, with commands after Ctrl-A; the bytes of a
/// pipe or file as they come.
/// </summary>
internal sealed class ConsoleSession : IDisposable
{
    private readonly HostInput _input = new();
    private readonly RawTerminal _terminal;
    private readonly EscapeFilter _filter;
    private RunInspector? _inspector;

    /// <summary>Begins to read.</summary>
    /// <param name="leave">Ends the run.</param>
    public ConsoleSession(Action leave)
    {
        _terminal = RawTerminal.Enter();
        _filter = new EscapeFilter(leave, ShowHarts, () => Say("Ctrl-A x leaves, Ctrl-A h shows the harts, Ctrl-A Ctrl-A is one Ctrl-A"));

        // Nothing can end a read of standard input: the thread goes down with the process.
        new Thread(Pump) { IsBackground = true, Name = "console input" }.Start();
    }

    /// <summary>What the guest is to read.</summary>
    public IConsoleInput Input => _input;

    /// <summary>What can be shown from now on.</summary>
    public void Started(RunInspector inspector) => Volatile.Write(ref _inspector, inspector);

    public void Dispose()
    {
        Volatile.Write(ref _inspector, null);
        _terminal.Dispose();
    }

    private void Pump()
    {
        try
        {
            // Not the console's own stream, which gives the terminal modes of its own at every read.
            using var handle = new SafeFileHandle(0, ownsHandle: false);
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            byte[] buffer = new byte[4096];
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                byte[] bytes = _terminal.IsRaw ? _filter.Filter(buffer.AsSpan(0, count)) : buffer[..count];
                if (bytes.Length > 0)
                {
                    _input.Offer(bytes);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // There is no standard input, or the terminal has gone: the guest goes on without it.
        }

        _input.Close();
    }

    private void ShowHarts()
    {
        foreach (HartState hart in Volatile.Read(ref _inspector)?.Harts() ?? [])
        {
            string world = hart.World is { } number ? string.Create(CultureInfo.InvariantCulture, $" world {number}") : "";
            string symbol = hart.Symbol.Length > 0 ? $" <{hart.Symbol}>" : "";
            string waiting = hart.Waiting.Length > 0 ? $" waits for {hart.Waiting}," : "";
            Say(string.Create(
                CultureInfo.InvariantCulture, $"{hart.Name}: {hart.Mode}-mode{world} at 0x{hart.ProgramCounter:x}{symbol},{waiting} {hart.Instructions} instructions"));
        }
    }

    /// <summary>Beside the guest's output, and with the carriage return that a raw terminal needs.</summary>
    private void Say(string line) => Console.Error.Write($"\r\n{line}\r\n");
}
