namespace Soc.Cli.Output;

/// <summary>Files that the command writes.</summary>
internal static class OutputFile
{
    /// <summary>Why a file could not be written, one clause with its remedy; null when it can. Asked before a run, not after it.</summary>
    public static string? Problem(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (path.Length == 0 || Directory.Exists(path))
        {
            return $"'{path}' is a folder; name a file";
        }

        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Path.GetRandomFileName()}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be written ({exception.Message.ReplaceLineEndings(" ")}); name a file in a folder that you may write to";
        }
    }

    /// <summary>Writes beside the final name and renames when whole.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string partial = path + ".partial";
        using (FileStream stream = File.Create(partial))
        {
            write(stream);
        }

        File.Move(partial, path, overwrite: true);
    }
}
